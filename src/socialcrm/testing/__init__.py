"""Contract kits and stand-ins for authors of adapters, CRM backends and stores."""
