/* view_tee: reports one run through two views: to a person, and as a JSON stream to a file
 * (-json-into). */
#pragma once

#include "view.h"

/* Prompts go through `human`. */
View *view_tee_open(View *human, View *json);
