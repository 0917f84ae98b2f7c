"""A strict stand-in for Salesforce, for tests and for rehearsing a configuration on one machine.

It refuses what the real one refuses, each rule with its source. Nothing here speaks to the outside.
"""

from socialcrm.testing.salesforce.org import Org
from socialcrm.testing.salesforce.schema import Field, sobject
from socialcrm.testing.salesforce.server import Moment, SalesforceServer

__all__ = ["Field", "Moment", "Org", "SalesforceServer", "sobject"]
