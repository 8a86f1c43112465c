"""Where reviews come from, one module for each source. A source is found by itself: by
its `NAMES`, with `read(name)`, or by the `SUFFIXES` of a reader's own file, with
`read(path, ...)`. Both return `Reviews` in the source's own order."""
