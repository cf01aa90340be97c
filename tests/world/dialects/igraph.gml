Creator "igraph version 1.0.0 Mon Nov 30 12:20:12 2026"
Version 1
graph
[
  directed 0
  node
  [
    id 0
    name "Anna"
  ]
  node
  [
    id 1
    name "Bo"
  ]
  node
  [
    id 2
    name "Aase"
  ]
  node
  [
    id 3
    name "Dora"
  ]
  edge
  [
    source 1
    target 0
    weight 1
  ]
  edge
  [
    source 2
    target 1
    weight 2.5
  ]
  edge
  [
    source 3
    target 2
    weight 3
  ]
  edge
  [
    source 3
    target 0
    weight 0.5
  ]
]
