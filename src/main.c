/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/ranks.h"

int main(int argc, char **argv)
{
    en_ranks_start(&argc, &argv);
    const int exit_status = en_cli_main(argc, argv, stdin, stdout, stderr);

    en_ranks_stop(exit_status);
    return exit_status;
}
