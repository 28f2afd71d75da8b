/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mpi.c - orrery-mpi, the helper that stands beside each orrery under mpirun and carries
 * frames (run/ranks.h) between standard input and output and MPI.
 *
 * It ends when its standard input does and every other rank has said goodbye, which is what
 * the frame ORY_RANK_LOST says. Between messages it sleeps: MPI libraries spin while they
 * wait, and the cores are wanted for cells. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <mpi.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/ranks.h"

enum { SPINS = 40, NAP = 1, LONG_NAP = 5, NAPS = 2000 /* ms; naps before they get long */ };

typedef struct bytes {
    char *data;
    size_t at, len, room;
} bytes;

typedef struct parcel { /* a message that MPI has not yet taken */
    MPI_Request request;
    char *data;
    struct parcel *next;
} parcel;

static int rank, size, goodbyes;
static bool ended;       /* standard input has */
static bool *gone;       /* per rank: it has said goodbye or cannot be reached */
static bytes in, out;
static parcel *parcels;

static void *sure(void *p)
{
    if (!p) {
        fputs("orrery-mpi: out of memory\n", stderr);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return p;
}

static void append(bytes *b, const void *data, size_t n)
{
    if (b->at > 0) {
        memmove(b->data, b->data + b->at, b->len - b->at);
        b->len -= b->at;
        b->at = 0;
    }
    if (b->len + n > b->room) {
        b->room = 2 * (b->len + n);
        b->data = sure(realloc(b->data, b->room));
    }
    memcpy(b->data + b->len, data, n);
    b->len += n;
}

/* What the orrery beside us is to read. body: type and bytes. */
static void tell(int32_t from, const char *body, uint32_t n)
{
    if (ended)
        return;
    append(&out, &from, 4);
    append(&out, &n, 4);
    append(&out, body, n);
}

static void lose(int other)
{
    const char type = ORY_RANK_LOST;

    if (gone[other])
        return;
    gone[other] = true;
    goodbyes++;
    tell(other, &type, 1);
}

static void send_to(int other, const char *body, size_t n)
{
    parcel *p;

    if (other < 0 || other >= size || other == rank)
        return;
    p = sure(calloc(1, sizeof *p));
    p->data = sure(malloc(n));
    memcpy(p->data, body, n);
    p->next = parcels;
    parcels = p;
    if (MPI_Isend(p->data, (int)n, MPI_BYTE, other, 0, MPI_COMM_WORLD, &p->request) != MPI_SUCCESS) {
        p->request = MPI_REQUEST_NULL;
        lose(other);
    }
}

/* Let go of what MPI has sent. */
static void sweep_parcels(void)
{
    parcel **at = &parcels, *p;
    int done;

    while ((p = *at) != NULL) {
        if (p->request != MPI_REQUEST_NULL &&
            MPI_Test(&p->request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && !done) {
            at = &p->next;
            continue;
        }
        *at = p->next;
        free(p->data);
        free(p);
    }
}

static bool receive(void)
{
    MPI_Status status;
    int there = 0, n = 0;
    char *body;

    if (MPI_Iprobe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &there, &status) != MPI_SUCCESS || !there)
        return false;
    MPI_Get_count(&status, MPI_BYTE, &n);
    body = sure(malloc((size_t)n + 1));
    MPI_Recv(body, n, MPI_BYTE, status.MPI_SOURCE, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (n > 0 && body[0] == ORY_RANK_LOST)
        lose(status.MPI_SOURCE);
    else if (n > 0)
        tell(status.MPI_SOURCE, body, (uint32_t)n);
    free(body);
    return true;
}

/* To those that have said it as well: they wait for it. */
static void say_goodbye(void)
{
    const char type = ORY_RANK_LOST;
    int other;

    ended = true;
    for (other = 0; other < size; other++)
        send_to(other, &type, 1);
}

static void send_frames(void)
{
    uint32_t n;
    int32_t to;

    while (in.len - in.at >= ORY_FRAME_HEAD) {
        memcpy(&to, in.data + in.at, 4);
        memcpy(&n, in.data + in.at + 4, 4);
        if (in.len - in.at - ORY_FRAME_HEAD < n)
            return;
        if (to >= 0 && to < size && !gone[to])
            send_to(to, in.data + in.at + ORY_FRAME_HEAD, n);
        in.at += ORY_FRAME_HEAD + n;
    }
}

static void read_input(void)
{
    char part[65536];
    ssize_t n = read(STDIN_FILENO, part, sizeof part);

    if (n > 0) {
        append(&in, part, (size_t)n);
        send_frames();
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        say_goodbye();
    }
}

static void write_output(void)
{
    ssize_t n = write(STDOUT_FILENO, out.data + out.at, out.len - out.at);

    if (n > 0)
        out.at += (size_t)n;
    else if (n < 0 && errno != EINTR && errno != EAGAIN)
        out.at = out.len; /* nobody reads; standard input ends as well */
}

/* One look at everything; whether something was there. */
static bool turn(int ms)
{
    struct pollfd p[2] = {{ended ? -1 : STDIN_FILENO, POLLIN, 0},
                          {out.len > out.at ? STDOUT_FILENO : -1, POLLOUT, 0}};
    bool busy = poll(p, 2, ms) > 0;

    if (p[0].revents)
        read_input();
    if (p[1].revents)
        write_output();
    while (receive())
        busy = true;
    if (parcels)
        sweep_parcels();
    if (out.len > out.at)
        write_output();
    return busy;
}

static void carry(void)
{
    long idle = 0;

    while (!ended || goodbyes < size - 1 || parcels) {
        if (turn(idle < SPINS ? 0 : idle < NAPS ? NAP : LONG_NAP)) {
            idle = 0;
        } else {
            idle++;
            sched_yield();
        }
    }
}

int main(int argc, char **argv)
{
    char hello[1 + sizeof(int32_t)] = {ORY_RANK_HELLO};
    int32_t n;

    if (isatty(STDIN_FILENO) || argc > 1) {
        puts("orrery-mpi: orrery starts this program beside itself under mpirun");
        return argc > 1 && argv[1][0] == '-' ? 0 : 2;
    }
    if (MPI_Init(&argc, &argv) != MPI_SUCCESS)
        return 1;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    gone = sure(calloc((size_t)size, sizeof *gone));
    fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
    n = size;
    memcpy(hello + 1, &n, sizeof n);
    tell(rank, hello, sizeof hello);
    carry();
    free(gone);
    free(in.data);
    free(out.data);
    MPI_Finalize();
    return 0;
}
