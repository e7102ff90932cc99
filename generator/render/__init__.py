"""From a plan to the text of files: templates print, black formats, the runtime is copied."""
