/* command_page: generates pages from the tables of commands and options: the reference in Markdown,
 * the manual page in roff. */
#pragma once

#include "command.h"

void command_page_markdown(const CommandTable *table, StrBuf *out, Arena *arena);
void command_page_manual(const CommandTable *table, StrBuf *out, Arena *arena);
