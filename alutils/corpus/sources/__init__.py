"""Where reviews come from, one module for each source. A source is found by itself: by
its `NAMES`, with `read(name)`; by the `SUFFIXES` of a reader's own file; or because its
`reads(source)` says so, its `KIND` in words. The latter two have `read(source, said)`,
which gets what the reader says of the source. All return `Reviews` in the source's own
order."""
