"""The settings file that ``socialcrm init`` writes."""

TEMPLATE = """\
# socialcrm settings. Every value can also come from the environment:
# SOCIALCRM_ and the table and key, joined by two underscores, for example
# SOCIALCRM_SOURCES__BLUESKY__APP_PASSWORD. Secrets never stand in this file.

workspace = "default"            # a brand or tenant; workspaces are never mixed

[store]                          # the library's own memory
url = "sqlite:///socialcrm.db"   # or postgresql+psycopg://user@host/name (pip install 'socialcrm[postgresql]')

[crm]                            # where timelines live
type = "sql"                     # the embedded CRM: two tables in a database
url = "sqlite:///crm.db"

[relevance]                      # what concerns the brand
# query = '"skylark air" OR @skylarkair'     # search hits must match this
# exclude = 'recipe OR "bird watching"'      # and must not match this
# languages = ["en", "es"]                   # empty: all

[policy]                         # when an account may be linked to a contact without a person looking
preset = "strict"                # strict | balanced | open

[sync]
# recheck_every = "6h"           # how often stored posts are looked at again for edits and deletions
# recheck_for = "30d"            # and for how long

# A source. Its secret: export SOCIALCRM_SOURCES__BLUESKY__APP_PASSWORD=...
# [sources.bluesky]
# identifier = "skylarkair.example"
# search = ["skylark air"]

# Secret: export SOCIALCRM_SOURCES__MASTODON__TOKEN=...
# [sources.mastodon]
# server = "https://mastodon.example"

# Any export, one JSON object per line.
# [sources.jsonl]
# path = "export.jsonl"
"""
