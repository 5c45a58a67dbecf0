#!/bin/sh
# ranks.sh N ARGUMENT...: the program on N processes of this machine. Root and more processes than
# processors are allowed here, and only here.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_btl=self,vader OMPI_MCA_mpi_yield_when_idle=1
n=$1
shift
exec mpirun -n "$n" "${ENTHESIS_MPI:-build/enthesis-mpi}" "$@"
