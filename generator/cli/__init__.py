"""The command: options, progress, messages and exit codes; all work is the pipeline's."""
