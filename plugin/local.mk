# Files of plugin/.
