"""CRM backends: what is asked of one (`base`), how one is found (`registry`), and the ones that ship."""
