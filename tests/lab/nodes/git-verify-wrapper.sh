#!/bin/sh
# Argo CD calls this with a revision, and reads what git says about its signature; an unsigned one is no error.
LC_ALL=C git verify-commit "$1" 2>&1 || true
