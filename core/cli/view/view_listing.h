/* view_listing: the objects that a query has found, as rows of text and as lines of the JSON event
 * stream, which are those of Terraform 1.17. */
#pragma once

#include "cli.h"
#include "hooks.h"
#include "resource_text.h"

/* Returns the greatest width of an identity of the listing, in columns. */
size_t view_listing_width(const Listing *listing, Arena *arena);
/* Adds the row of entry `i`: address, identity, name. The identity gets at least `width` columns.
 */
void view_listing_add_row(StrBuf *out, const Listing *listing, size_t i, size_t width,
                          Arena *arena);
/* Returns entry `i` as the configuration of a resource and its import. `is_other`: as Terraform
 * writes it, with nulls. */
ResourceText view_listing_resource(const Listing *listing, size_t i, bool is_other, Arena *arena);
/* Writes the lines of an EVENT_LIST_…. The found objects follow when the list is complete. */
void view_listing_json_event(const Cli *cli, const WalkEvent *event);
