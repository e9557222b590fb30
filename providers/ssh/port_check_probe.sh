#!/bin/sh
# Arguments: $1 seconds to wait for a response; $2 the maximum number of probes at once. Standard input: lines
# "tcp ADDRESS PORT". Prints a line for each: open, closed, filtered (no response) or unreachable.
# shellcheck disable=SC3045 # a shell without this option keeps its limit
ulimit -n "$(ulimit -Hn)" 2>/dev/null || :
command -v perl >/dev/null 2>&1 || exit 81
exec perl -e "$(cat <<'END'
use strict;
use Socket;
use Socket qw(inet_pton AF_INET6 pack_sockaddr_in6);
use Errno qw(EMFILE EINPROGRESS ECONNREFUSED ECONNRESET EHOSTUNREACH ENETUNREACH);
use Fcntl;
use Time::HiRes qw(time);
my ($timeout, $window) = @ARGV;
my @lines = <STDIN>;
my (@states, %pending);
my $next = 0;
my $name = sub {
  my ($error) = @_;
  return "open" if $error == 0;
  return "closed" if $error == ECONNREFUSED || $error == ECONNRESET;
  return "unreachable" if $error == EHOSTUNREACH || $error == ENETUNREACH;
  return "filtered";
};
my $finish = sub {
  my ($number, $state) = @_;
  my $probe = delete $pending{$number};
  $states[$probe->{index}] = $state;
  close $probe->{socket};
};
my $start = sub {
  my ($index) = @_;
  my ($protocol, $address, $port) = split " ", $lines[$index];
  my $is_v6 = $address =~ /:/;
  my $family = $is_v6 ? AF_INET6 : AF_INET;
  my $bytes = inet_pton($family, $address);
  my $is_tcp = $protocol eq "tcp";
  my $socket;
  if (!defined $bytes || !socket($socket, $family, $is_tcp ? SOCK_STREAM : SOCK_DGRAM, 0)) {
    # Too many open files: the probe waits until others have ended.
    return 0 if defined $bytes && $! == EMFILE && %pending;
    $states[$index] = "unreachable";
    return 1;
  }
  fcntl($socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK);
  my $to = $is_v6 ? pack_sockaddr_in6($port, $bytes) : pack_sockaddr_in($port, $bytes);
  my $now = time;
  $pending{fileno $socket} = {index => $index, socket => $socket, is_tcp => $is_tcp, end => $now + $timeout,
                             again => $now + $timeout / 2};
  if (!connect($socket, $to)) {
    $finish->(fileno $socket, $name->($!)) if $! != EINPROGRESS;
  } elsif ($is_tcp) {
    $finish->(fileno $socket, "open");
  } elsif (!defined send($socket, "loam", 0)) {
    $finish->(fileno $socket, $name->($!));
  }
  return 1;
};
while ($next < @lines || %pending) {
  while ($next < @lines && keys %pending < $window) {
    $start->($next) or last;
    $next++;
  }
  my ($readable, $writable) = ("", "");
  my $first = time + $timeout;
  for my $number (keys %pending) {
    my $probe = $pending{$number};
    vec($probe->{is_tcp} ? $writable : $readable, $number, 1) = 1;
    my $event = $probe->{is_tcp} || !$probe->{again} ? $probe->{end} : $probe->{again};
    $first = $event if $event < $first;
  }
  my $left = $first - time;
  select($readable, $writable, undef, $left > 0.01 ? $left : 0.01) if %pending;
  my $now = time;
  for my $number (keys %pending) {
    my $probe = $pending{$number};
    if ($probe->{is_tcp} && vec($writable, $number, 1)) {
      $finish->($number, $name->(unpack "i", getsockopt($probe->{socket}, SOL_SOCKET, SO_ERROR)));
    } elsif (!$probe->{is_tcp} && vec($readable, $number, 1)) {
      $finish->($number, defined recv($probe->{socket}, my $data, 100, 0) ? "open" : $name->($!));
    } elsif ($now >= $probe->{end}) {
      $finish->($number, "filtered");
    } elsif (!$probe->{is_tcp} && $probe->{again} && $now >= $probe->{again}) {
      # Sends a datagram twice: it may be lost, and systems limit the rate of ICMP errors.
      $probe->{again} = 0;
      send($probe->{socket}, "loam", 0);
    }
  }
}
print map { "$_\n" } @states;
END
)" "$@"
