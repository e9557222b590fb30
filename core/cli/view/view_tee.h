/* view_tee: one run told twice: to a person, and as a stream of JSON into a file (-json-into). */
#pragma once

#include "view.h"

/* Whatever can be asked is asked by `human`. */
View *view_tee_open(View *human, View *json);
