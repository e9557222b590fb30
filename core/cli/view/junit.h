/* junit: what came of tests as a JUnit document, the form in which build servers read them. */
#pragma once

#include "suite.h"

/* A suite a file, a case a run. What went wrong stands in it as people see it, without colours. */
void junit_write(const Suite *suite, StrBuf *out, Arena *scratch);
