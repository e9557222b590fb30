/* expression: renders templates for templatestring and templatefile. */
#pragma once

#include "evaluation.h"

/* Evaluates both arguments of the call. The first is a string, possibly unknown. */
MUST_USE bool expression_template_arguments(Evaluation *evaluation,
                                            const Expr *call,
                                            Value *text,
                                            Value *variables);
/* Renders the template with the variables as its only names. Template and variables must be
 * known. */
MUST_USE bool expression_render(Evaluation *evaluation,
                                const Expr *call,
                                const SourceText *source,
                                Value variables,
                                Value *out);
