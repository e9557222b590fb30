/* prerelease: the order of pre-release suffixes (Semantic Versioning 2.0.0, section 11). */
#pragma once

#include "str.h"

/* Compares two suffixes such as "rc.1"; returns <0, 0 or >0. Identifiers between dots compare in
 * order: numbers by value and before texts. An identifier more is newer; no suffix is newest. */
int prerelease_compare(Str a, Str b);
