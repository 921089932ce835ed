# Manifests, one a connector, and the schema that they obey.
EXTRA_DIST += manifests/schema.json
dist_connector_DATA += manifests/azure-dps.json
