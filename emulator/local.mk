# Files of emulator/.
