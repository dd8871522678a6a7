module warrenmq/interop/rabbit-hole

go 1.19

require github.com/michaelklishin/rabbit-hole/v2 v2.12.0
