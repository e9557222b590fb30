/* view_peer: sentences around plans and errors for a program that is called `terraform` or `tofu`:
 * tools recognize them, and their advice must name a command that the user has. */
#pragma once

#include "cli.h"

/* The peer of the run; NULL: loam's own name. */
const RenderPeer *view_peer_of(const Cli *cli);
/* Returns the text with the peer's name in the place of the word "loam": its command in commands
 * ("terraform plan"), else its title. Returns other texts as they are. */
Str view_peer_words(const Cli *cli, Str text, Arena *arena);
/* How to continue after a plan: `path` of the saved plan (ptr NULL: not saved), `generated` the
 * file with generated configuration (empty: none). */
void view_peer_plan_hint(const Cli *cli, Str path, Str generated);
