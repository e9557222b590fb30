/* values: the tests in which the code of docs/values.md runs. */
#pragma once

void values_have_three_states(void **state);
void values_have_types(void **state);
void attributes_have_fallbacks(void **state);
void objects_are_built(void **state);
void lists_are_read_and_made(void **state);
void paths_name_places(void **state);
void diagnostics_are_data(void **state);
void the_page_of_values_shows_this_source(void **state);
