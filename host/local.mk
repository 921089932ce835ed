# Files of host/.
