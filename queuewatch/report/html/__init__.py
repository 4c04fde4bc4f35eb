"""Reports as pages: one file each that needs nothing else, to be opened, printed, signed and handed on."""
