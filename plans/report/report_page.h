/* report_page: the frame of an HTML page that stands for itself: it may load nothing. */
#pragma once

#include "report_kind.h"

/* Up to the open <header>: title, summary line. */
void report_page_open(const ReportInput *input, const char *what, StrBuf *out, Arena *scratch);
/* The script and the end. */
void report_page_close(const char *script, StrBuf *out);
/* Errors and warnings as a section; nothing when there are none. */
void report_page_add_messages(const Diags *diags, StrBuf *out, Arena *scratch);
