"""HTTP in honest layers: transport, rules, rate limits, auth, paging, and the client that joins them.

Each layer is one small file and is handed to the layer above; none knows what lies above it.
Only this package imports requests.
"""
