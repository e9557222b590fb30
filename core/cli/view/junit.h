/* junit: writes test results as a JUnit XML document, for build servers. */
#pragma once

#include "suite.h"

/* Writes one test suite per file and one test case per run. Diagnostics are text without
 * colours. */
void junit_write(const Suite *suite, StrBuf *out, Arena *scratch);
