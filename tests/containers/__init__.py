"""docker/ as it is shipped: nginx alone (`python -m containers.door`), and the whole stack (`python -m containers`)."""
# Not named `compose`: that is what Debian's docker-compose imports.
