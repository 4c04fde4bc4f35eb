"""NetSapiens, the make of phone system behind the Stratus portal, over version 2 of its API."""

from queuewatch.pbx.netsapiens.client import NetsapiensDomain as NetsapiensDomain
