# Manifests, one a connector, and the schema that they obey.
EXTRA_DIST += manifests/schema.json
