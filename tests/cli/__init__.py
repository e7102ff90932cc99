"""The command as people and programs meet it."""
