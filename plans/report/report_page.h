/* report_page: the frame of a self-contained HTML page: it loads no other file. */
#pragma once

#include "report.h"

/* Up to the open <header>: title, summary line. */
void report_page_open(const ReportInput *input, const char *what, StrBuf *out, Arena *scratch);
/* The script and the end. */
void report_page_close(const char *script, StrBuf *out);
/* Errors and warnings as a section; nothing without any. */
void report_page_add_messages(const Diags *diags, StrBuf *out, Arena *scratch);
