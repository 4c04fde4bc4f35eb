"""What a program that goes on all day owes its machine: tasks, garbage, output, an end in time."""
