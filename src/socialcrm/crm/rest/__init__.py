"""Any CRM with a REST interface, by a definition file."""
