/* expression: rendering of templates, for templatestring and templatefile. */
#pragma once

#include "evaluation.h"

/* Both arguments of such a call; the first one a string, possibly unknown. */
MUST_USE bool expression_template_arguments(Evaluation *evaluation,
                                            const Expr *call,
                                            Value *text,
                                            Value *variables);
/* The template with the variables as its only names; both are known. */
MUST_USE bool expression_render(
    Evaluation *evaluation, const Expr *call, const Source *source, Value variables, Value *out);
