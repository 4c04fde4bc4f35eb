"""What each command does once its words are understood. Every module offers ``run(options)``: the exit status."""
