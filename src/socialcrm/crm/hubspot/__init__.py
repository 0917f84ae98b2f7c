"""HubSpot, over its CRM API."""
