/* last_output: the end of a program's output, for the error about its failure. */
#pragma once

#include "provisioner.h"

#define LAST_OUTPUT_SIZE ((size_t)2048)

/* Output is passed to the call's `output`, and its end is kept. */
typedef struct LastOutput {
    const ProvisionCall *call;
    StrBuf text;
} LastOutput;

LastOutput last_output_new(const ProvisionCall *call);
/* Output callback for processes and remote commands. */
void last_output_append(void *last, Str piece, bool is_error);
/* Returns "Its last output:" and the end of the output without control characters, or "It wrote no
 * output." */
Str last_output_text(const LastOutput *last, Arena *arena);
