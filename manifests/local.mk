# Files of manifests/.
