graph [
  directed 1
  node [
    id 0
    label "Anna"
  ]
  node [
    id 1
    label "Bo Ek"
  ]
  node [
    id 2
    label "Hansen, &#197;se"
  ]
  node [
    id 3
    label "Dora"
  ]
  edge [
    source 0
    target 1
    weight 1.0
  ]
  edge [
    source 0
    target 3
    weight 0.5
  ]
  edge [
    source 1
    target 2
    weight 2.5
  ]
  edge [
    source 2
    target 3
    weight 3.0
  ]
]
