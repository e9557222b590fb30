/* command_page: generates pages from the tables of commands and options: the reference in Markdown,
 * the manual page in roff. */
#pragma once

#include "command.h"

typedef enum PageForm { PAGE_MARKDOWN, PAGE_MANUAL } PageForm;

void command_page_write(PageForm form, const CommandTable *table, StrBuf *out, Arena *arena);
