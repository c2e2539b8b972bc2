/**
 * Server at port 7000 in Perl: POST /upper answers in upper case, or 500 to a text with “fail”. It streams a text with
 * “events” or “lines” word by word in that format, with half a second between words.
 */
export const perlServer = `use IO::Socket::INET; $| = 1;
my $listener = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => 7000, Listen => 50, ReuseAddr => 1) or die;
while (my $client = $listener->accept) {
  my ($line, $length) = (scalar <$client>, 0);
  while (my $header = <$client>) { last if $header =~ /^\\r\\n$/; $length = $1 if $header =~ /^content-length: (\\d+)/i; }
  read $client, my $body, $length;
  my ($status, $reply) = $line =~ m{^POST /upper} ? (200, uc $body) : $line =~ m{^GET /} ? (200, '{}') : (404, '{}');
  $status = 500, $reply = '{"problem":"no"}' if $body =~ /fail/;
  print "served $line";
  if ($body =~ /(events|lines)/) {
    my ($begin, $end, $type) = $1 eq 'events' ? ('data: ', "\\n\\n", 'text/event-stream') : ('"', qq{"\\n}, 'application/x-ndjson');
    print $client "HTTP/1.1 200 X\\r\\nContent-Type: $type\\r\\nConnection: close\\r\\n\\r\\n";
    $client->autoflush(1);
    for my $word ($body =~ /\\w+/g) { print $client "$begin$word$end"; select undef, undef, undef, 0.5; }
    close $client;
    next;
  }
  print $client "HTTP/1.1 $status X\\r\\nContent-Type: application/json\\r\\nConnection: close\\r\\nContent-Length: " . length($reply) . "\\r\\n\\r\\n$reply";
  close $client;
}
`;
