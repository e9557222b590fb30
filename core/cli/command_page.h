/* command_page: what the tables of commands and options say, as pages: the reference in Markdown,
 * the manual page in roff. */
#pragma once

#include "command.h"

void command_page_markdown(StrBuf *out, Arena *arena);
void command_page_manual(StrBuf *out, Arena *arena);
