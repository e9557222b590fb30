/* login_host: the host that `login` and `logout` are about. */
#pragma once

#include "cli.h"
#include "option.h"

/* Reads HOST[:PORT], in lower case and without the port of https; app.terraform.io if not given. */
MUST_USE bool login_host_read(Cli *cli, const Arguments *arguments, Str *out, Diags *diags);
