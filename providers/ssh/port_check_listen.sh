#!/bin/sh
# Arguments: $1 a token; $2 seconds. Standard input: lines "tcp ADDRESS PORT". Starts a process that accepts connections
# to these ports and returns their datagrams, until the process is killed or the seconds have passed. Prints
# "loam-listener PID", then a line for each line of the input: "probe", "service" if another program uses the port, or
# an error.
# shellcheck disable=SC3045 # a shell without this option keeps its limit
ulimit -n "$(ulimit -Hn)" 2>/dev/null || :
command -v perl >/dev/null 2>&1 || exit 81
exec perl -e "$(cat <<'END'
use strict;
use Socket;
use Socket qw(inet_pton AF_INET6 pack_sockaddr_in6);
use Errno qw(EADDRINUSE EADDRNOTAVAIL);
use Fcntl;
use POSIX ();
my ($token, $seconds) = @ARGV;
my (@sockets, @results);
while (my $line = <STDIN>) {
  my ($protocol, $address, $port) = split " ", $line;
  my $is_v6 = $address =~ /:/;
  my $family = $is_v6 ? AF_INET6 : AF_INET;
  my $bytes = inet_pton($family, $address);
  my $is_tcp = $protocol eq "tcp";
  my $socket;
  my $open = sub {
    my ($host) = @_;
    socket($socket, $family, $is_tcp ? SOCK_STREAM : SOCK_DGRAM, 0) or return 0;
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, pack("i", 1)) if $is_tcp;
    # SO_REUSEPORT: another check of the same port may run at the same time.
    setsockopt($socket, SOL_SOCKET, 15, pack("i", 1));
    bind($socket, $is_v6 ? pack_sockaddr_in6($port, $host) : pack_sockaddr_in($port, $host)) or return 0;
    return !$is_tcp || listen($socket, 128);
  };
  my $done = defined $bytes && $open->($bytes);
  # Behind address translation, the machine does not have the address.
  $done = $open->($is_v6 ? "\0" x 16 : "\0" x 4) if !$done && defined $bytes && $! == EADDRNOTAVAIL;
  push @results, $done ? "probe" : defined $bytes && $! == EADDRINUSE ? "service" : "$!";
  if ($done) {
    fcntl($socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK);
    push @sockets, [$socket, $is_tcp];
  }
}
my $pid = fork();
defined $pid or exit 91;
if ($pid) {
  print "loam-listener $pid\n", map { "$_\n" } @results;
  exit 0;
}
POSIX::setsid();
$0 = "loam-port-check $token";
open STDIN, "<", "/dev/null";
open STDOUT, ">", "/dev/null";
open STDERR, ">", "/dev/null";
$SIG{HUP} = "IGNORE";
my $end = time + $seconds;
my $wanted = "";
my %by_number = map { fileno($_->[0]) => $_ } @sockets;
vec($wanted, $_, 1) = 1 for keys %by_number;
while (time < $end) {
  my $ready = $wanted;
  next if select($ready, undef, undef, 1) <= 0;
  for my $number (keys %by_number) {
    next unless vec($ready, $number, 1);
    my ($socket, $is_tcp) = @{$by_number{$number}};
    if ($is_tcp) {
      accept(my $client, $socket);
    } else {
      my $from = recv($socket, my $data, 100, 0);
      send($socket, $data, 0, $from) if defined $from;
    }
  }
}
END
)" "$@"
