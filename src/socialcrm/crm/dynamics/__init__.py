"""Dynamics 365, over the Dataverse Web API."""
