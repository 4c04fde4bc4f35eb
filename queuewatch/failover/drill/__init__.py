"""What goes dark in a drill, and what becomes of each queue then."""
