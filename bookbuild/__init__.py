"""What turns notebooks and pages into the book."""

import sys

# Whatever reads a notebook imports jsonschema, which with JupyterLab's packages builds a
# parser of international web addresses: a second in each process, for no notebook's use.
sys.modules.setdefault("rfc3987_syntax", None)
